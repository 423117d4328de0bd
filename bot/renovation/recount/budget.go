package recount

// budgetFile counts a vote on a budget.
func budgetFile([]byte) (printed, error) { return printed{}, refuse("", "recount.shape", nil) }
