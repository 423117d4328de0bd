package menu

// Text is the menu as one line a day, in a form that ParseText reads back to the same days.
func (m Menu) Text() string { return "" }

// Text is the day as a line of Menu.Text, without its week.
func (d Day) Text() string { return "" }
