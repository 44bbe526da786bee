package main

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"github.com/joho/godotenv"
)

// settings are read from the environment and, for what is not set there, from a
// file .env in the current folder. The names stand in .env.example too; a test
// holds the two together.
type settings struct {
	// Token is the bot token of the Discord application. Never logged.
	Token string `env:"DISCORD_TOKEN"`
	// PublicKey is the application's public key, 64 hex digits; only the HTTP
	// interactions endpoint needs it.
	PublicKey string `env:"DISCORD_PUBLIC_KEY"`
	// Knowledge is the folder of the library; the built-in one when empty.
	Knowledge string `env:"SALVE_KNOWLEDGE"`
	// Data is the folder for what must last (server settings, counters).
	Data string `env:"SALVE_DATA"`
	// Contact is an address where the operator is reached: shown by /help and
	// /privacy, and told to Discord.
	Contact string `env:"SALVE_CONTACT"`
	// Home is the id of the server whose moderators keep the shared library.
	Home string `env:"SALVE_HOME"`
	// LogLevel is debug, info, warn or error.
	LogLevel string `env:"SALVE_LOG"`
}

func readSettings(getenv func(string) (string, bool)) (settings, error) {
	file, err := godotenv.Read()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		// The error may quote the line, which may hold the token.
		return settings{}, errors.New("the file .env can't be read; write one NAME=value a line, as in .env.example")
	}
	var s settings
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("env")
		value, ok := getenv(name)
		if !ok {
			value = file[name]
		}
		v.Field(i).SetString(strings.TrimSpace(value))
	}
	switch s.LogLevel {
	case "", "debug", "info", "warn", "error":
	default:
		return s, usageError{fmt.Sprintf("SALVE_LOG is %q; use debug, info, warn or error", s.LogLevel)}
	}
	return s, nil
}

// settingNames returns the names of the settings that the program reads.
func settingNames() []string {
	t := reflect.TypeFor[settings]()
	var out []string
	for i := range t.NumField() {
		out = append(out, t.Field(i).Tag.Get("env"))
	}
	return out
}
