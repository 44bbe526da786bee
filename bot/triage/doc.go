// Package triage recognises danger in a message before anything else is done
// with it: an emergency happening now, a crisis, a problem for a doctor today.
package triage
