package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// keepIdentifies is how many Identifies of the day's budget are left unused.
// Discord resets the token of a bot that spends them all, which ends every
// shard; with some left a person can still start the bot after a crash loop.
const keepIdentifies = 10

// gatewayInfo is the answer to GET /gateway/bot.
type gatewayInfo struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Start  struct {
		Total      int   `json:"total"`
		Remaining  int   `json:"remaining"`
		ResetAfter int64 `json:"reset_after"` // milliseconds
	} `json:"session_start_limit"`
}

// A pacer lets the shards of one process identify one at a time, five seconds
// apart, and never past the day's budget.
type pacer struct {
	now func() time.Time

	turn chan struct{} // holds one token, taken by the shard whose turn it is
	last time.Time     // of the last ticket; of whoever has the token
}

func newPacer(now func() time.Time) *pacer {
	p := &pacer{now: now, turn: make(chan struct{}, 1)}
	p.turn <- struct{}{}
	return p
}

// ticket waits until an Identify is allowed and returns where to connect.
func (p *pacer) ticket(ctx context.Context, a *api, log *slog.Logger) (gatewayInfo, error) {
	select {
	case <-p.turn:
	case <-ctx.Done():
		return gatewayInfo{}, ctx.Err()
	}
	defer func() { p.turn <- struct{}{} }()
	for {
		if err := sleep(ctx, identifyGap-p.now().Sub(p.last)); err != nil {
			return gatewayInfo{}, err
		}
		var g gatewayInfo
		ask, cancel := context.WithTimeout(ctx, openTimeout)
		err := a.get(ask, "/gateway/bot", &g)
		cancel()
		var ae *apiError
		if errors.As(err, &ae) && ae.Status == 401 {
			return g, &errFatal{"discord refuses the token; copy it again from the Discord Developer Portal, Bot page"}
		}
		if err != nil {
			return g, err
		}
		if g.Start.Total == 0 || g.Start.Remaining > min(keepIdentifies, g.Start.Total/2) {
			p.last = p.now()
			return g, nil
		}
		wait := time.Duration(g.Start.ResetAfter)*time.Millisecond + time.Second
		log.Warn("the day's budget of gateway sessions is spent; waiting for Discord to renew it", "wait", wait)
		if err := sleep(ctx, wait); err != nil {
			return g, err
		}
	}
}
