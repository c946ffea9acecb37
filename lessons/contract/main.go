// Contract tests the promises of REQ and REP sockets: each one with plain zmq4,
// with the Go idiom that keeps it, and with libzmq.
//
//	go run ./lessons/contract                   test them all
//	go run ./lessons/contract req-alternates    test one
//	go run ./lessons/contract -list             list them, and which zmq4 keeps
//
// Its exit status is 1 if an outcome differs from testdata/contract.json. The
// page docs/contract.md shows the same outcomes.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"zeromq-lessons/internal/host"
)

const usage = `Usage:

	go run ./lessons/contract            test all promises
	go run ./lessons/contract NAME...    test the promises with these names
	go run ./lessons/contract -list      list them, and which zmq4 keeps
`

func main() {
	log.SetFlags(0)
	log.SetPrefix("contract: ")
	if column := os.Getenv(columnEnv); column != "" {
		fmt.Println(probes[os.Args[1]][column]())
		return
	}
	flag.Usage = func() { fmt.Fprint(flag.CommandLine.Output(), usage) }
	list := flag.Bool("list", false, "")
	flag.Parse()
	contract, err := load()
	if err != nil {
		log.Fatal(err)
	}
	if *list && flag.NArg() > 0 {
		log.Printf("-list takes no name, such as %q", flag.Arg(0))
		flag.Usage()
		os.Exit(2)
	}
	if *list {
		for _, p := range contract.Promises {
			fmt.Printf("%-20s %-7s %s\n", p.ID, p.verdict(p.Zmq4), p.Text)
		}
		fmt.Print("\nTo test one of them:\n\n    go run ./lessons contract req-alternates\n")
		return
	}
	promises, err := contract.named(flag.Args())
	if err != nil {
		log.Print(err)
		os.Exit(2)
	}
	if python, err := host.Python(); err != nil {
		log.Fatal(err)
	} else if python == "" {
		log.Print("no Python here has pyzmq, so the outcomes with libzmq are the recorded ones")
	}

	status := 0
	outcomes := run(probesOf(promises, false))
	for i, p := range promises {
		changes, err := p.compare(outcomes)
		if err != nil {
			log.Fatal(err)
		}
		if i > 0 {
			fmt.Println()
		}
		fmt.Print(p)
		for _, change := range changes {
			fmt.Println(change)
			status = 1
		}
	}
	os.Exit(status)
}

// named returns the promises with these names, or all if there are none.
func (c Contract) named(names []string) ([]Promise, error) {
	if len(names) == 0 {
		return c.Promises, nil
	}
	var found []Promise
	for _, name := range names {
		i := slices.IndexFunc(c.Promises, func(p Promise) bool { return p.ID == name })
		if i < 0 {
			return nil, fmt.Errorf("no promise is called %q: %s", name, c.suggest(name))
		}
		found = append(found, c.Promises[i])
	}
	return found, nil
}

// suggest returns a question that offers names similar to the given one, or else
// the command that lists all names.
func (c Contract) suggest(name string) string {
	var near []string
	for _, p := range c.Promises {
		if strings.Contains(p.ID, name) || distance(p.ID, name) <= min(3, len(name)/3) {
			near = append(near, p.ID)
		}
	}
	if len(near) == 0 || name == "" {
		return "to list all promises, type go run ./lessons contract"
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}

// distance returns the edit distance (Levenshtein) of two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1) // the distances between a[:i] and each b[:j]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// String returns the promise and its outcomes, one per line.
func (p Promise) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", p.ID, p.Text)
	for _, column := range p.columns(false) {
		outcome := p.outcome(column)
		fmt.Fprintf(&b, "  %-10s%-8s%s\n", column, p.verdict(outcome), outcome)
	}
	return b.String()
}

// verdict returns "kept" or "broken" for an outcome.
func (p Promise) verdict(outcome string) string {
	if outcome == p.Kept {
		return "kept"
	}
	return "broken"
}
