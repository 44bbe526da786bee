package main

import "context"

func (p *program) serve(ctx context.Context, args []string) error {
	if p.set.Token == "" {
		return usagef("DISCORD_TOKEN is not set; copy .env.example to .env and put in the bot token from https://discord.com/developers/applications (your application, Bot, Reset Token)")
	}
	return usagef("serve: under construction")
}
