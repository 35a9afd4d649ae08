package kit

import "context"

// FolderChooser is what Files may also be: it asks for a folder. "" without
// error: given up. Where it is missing a folder is typed.
type FolderChooser interface {
	Folder(ctx context.Context, title string) (string, error)
}
