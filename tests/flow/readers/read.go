// Prints the id of each line.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	lines := bufio.NewReader(file)
	for {
		line, end := lines.ReadBytes('\n')
		if len(line) > 0 {
			var event map[string]interface{}
			if err := json.Unmarshal(line, &event); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			fmt.Println(event["id"])
		}
		if end != nil {
			return
		}
	}
}
