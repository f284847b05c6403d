// What Go's regexp says of each pattern: `go run record.go < patterns.txt > answers.txt`.
// A line is why the pattern is none, or the first match in each text, as JSON.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
)

func main() {
	var texts []string
	input, err := os.ReadFile("texts.json")
	if err == nil {
		err = json.Unmarshal(input, &texts)
	}
	if err != nil {
		panic(err)
	}
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	patterns := bufio.NewScanner(os.Stdin)
	patterns.Buffer(nil, 1<<20)
	for patterns.Scan() {
		var pattern string
		if err := json.Unmarshal(patterns.Bytes(), &pattern); err != nil {
			panic(err)
		}
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			output.Encode(err.Error())
			continue
		}
		found := map[int]string{}
		for index, text := range texts {
			if place := compiled.FindStringIndex(text); place != nil {
				found[index] = text[place[0]:place[1]]
			}
		}
		output.Encode(found)
	}
}
