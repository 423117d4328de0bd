package text

// Languages lists the languages of the bot, the one that others fall back to first.
func Languages() []Language { return []Language{Chinese, English} }
