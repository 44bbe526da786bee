// Package model turns a message into the chances that it speaks of danger. It
// is the learned part of package triage, which decides what to do with them.
//
// lexicon.txt is the knowledge a person can read and mend: which words show
// which concept, in which language. The weights are the rest, learned by package
// main in ../train and read by [Parse]. They are of two stages:
//
//   - a linear model, one byte for each of 131,072 buckets and sixteen kinds of
//     danger and of quiet (kinds.go);
//   - a judge, three small networks that read what the linear model makes of the
//     whole, the loudest part and the rest, and how it is told (judge.go).
//
// Features are hashed, so a few share a bucket; the letters of words make up
// for spellings never seen. A feature belongs to one chunk of the message, a
// sentence or so, or to the seam between two, so that any run of chunks is
// scored by adding: that is how danger in the middle of a long post is found in
// one pass. Time and memory grow with the length of the message, of which at
// most 16,000 bytes are read.
package model
