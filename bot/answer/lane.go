package answer

import (
	"fmt"
	"sync"

	"salve/bot/answer/lane/model"
)

// laneModel is the built-in model. It is made once, when the first message comes.
var laneModel = sync.OnceValue(func() *model.Model {
	m, err := model.Load()
	if err != nil {
		panic(fmt.Sprintf("the built-in model is broken: %v", err))
	}
	return m
})

// lane is the probability, 0 to 1, that a message asks us to decide, choose,
// diagnose, dose, combine, start, stop, switch or judge safety for a person. A
// person's facts and a wish for a verdict make a message personal; a person's
// story and a wish for a published fact do not. Previous are the earlier
// messages of the conversation, oldest first. Any text is allowed; an empty one
// has probability 0. Package model has the method and its limits.
func lane(text string, previous []string) float64 {
	return laneModel().Probability(text, previous)
}
