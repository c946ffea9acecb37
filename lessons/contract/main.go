// Contract runs the promises of REQ and REP sockets: each with libzmq, with
// zmq4 used plainly, and with zmq4 and the Go idiom that gets what is promised.
//
//	go run ./lessons/contract                   run them all
//	go run ./lessons/contract req-alternates    run one
//
// It exits with status 1 if an outcome is another than testdata/contract.json
// says. The page docs/contract.md shows the same.
package main

import (
	"fmt"
	"log"
	"os"
	"slices"
	"strings"

	"zeromq-lessons/internal/host"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("contract: ")
	if column := os.Getenv(columnEnv); column != "" {
		fmt.Println(probes[os.Args[1]][column]())
		return
	}

	contract, err := load()
	if err != nil {
		log.Fatal(err)
	}
	if python, err := host.Python(); err != nil {
		log.Fatal(err)
	} else if python == "" {
		log.Print("no Python has pyzmq: what is said of libzmq was not run")
	}
	promises := contract.Promises
	if ids := os.Args[1:]; len(ids) > 0 {
		for _, id := range ids {
			if probes[id] == nil {
				fmt.Fprintf(os.Stderr, "contract: no promise is called %q\n\nUsage: go run ./lessons/contract [promise...]\n\nThe promises are named in docs/contract.md.\n", id)
				os.Exit(2)
			}
		}
		promises = slices.DeleteFunc(promises, func(p Promise) bool { return !slices.Contains(ids, p.ID) })
	}

	status := 0
	for i, p := range promises {
		changes, err := p.run()
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

// String shows the promise and its outcomes, a line each.
func (p Promise) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", p.ID, p.Text)
	for _, column := range p.columns() {
		verdict := "broken"
		if *column.outcome == p.Kept {
			verdict = "kept"
		}
		fmt.Fprintf(&b, "  %-8s%-8s%s\n", column.name, verdict, *column.outcome)
	}
	return b.String()
}
