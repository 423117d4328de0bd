package community

import "strings"

// ParseContact reads a contact person as staff write one: what to call them, the telephone
// number, and when they can be reached: 「安居专员 13800000000 周一到周五 8:30–17:00」. Without
// a number all of it is the title.
func ParseContact(s string) Contact {
	fields := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \n\t，,；;", r) })
	for i, f := range fields {
		for _, label := range []string{"电话：", "电话:", "电话", "手机", "tel:"} {
			f = strings.TrimPrefix(f, label)
		}
		if phone, err := Phone(f); err == nil {
			return Contact{Title: strings.Join(fields[:i], " "), Phone: phone, Hours: strings.Join(fields[i+1:], " ")}
		}
	}
	return Contact{Title: strings.Join(fields, " ")}
}
