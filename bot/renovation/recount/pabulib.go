package recount

// pabulib counts a Pabulib file with approval ballots.
func pabulib([]byte) (printed, error) { return printed{}, refuse("", "recount.shape", nil) }
