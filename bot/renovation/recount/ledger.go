package recount

func ledgerFile([]byte) (printed, error) { return printed{}, refuse("", "recount.shape", nil) }
