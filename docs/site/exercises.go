package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"zeromq-lessons/internal/hints"
)

// An exercise is what a page needs to grade a reader's answer.
type exercise struct {
	Files map[string]source `json:"files"`
	Hints []string          `json:"hints"` // the last one is the solution
}

// exercises returns the script that has all exercises, by their folders.
func exercises(root string) ([]byte, error) {
	dirs, err := filepath.Glob(filepath.Join(root, "lessons/*/exercises/*"))
	if err != nil {
		return nil, err
	}
	all := map[string]exercise{}
	for _, dir := range dirs {
		folder, err := filepath.Rel(root, dir)
		if err != nil {
			return nil, err
		}
		var e exercise
		if e.Files, err = goSources(dir); err != nil {
			return nil, err
		}
		if e.Hints, err = hints.Read(dir); err != nil {
			return nil, err
		}
		all[filepath.ToSlash(folder)] = e
	}
	text, err := json.Marshal(all)
	return fmt.Appendf(nil, "export default %s\n", text), err
}
