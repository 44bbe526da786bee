package index

// coverFeatures are the evidence on whether a passage answers the question at
// all. Each is between 0 and 1.
func (x *Index) coverFeatures(q *query, c *candidate, all []candidate) map[string]float64 {
	f := map[string]float64{"bias": 1}
	f["cover_text"] = c.v[coverText]
	f["cover_title"] = c.v[coverTitle]
	f["cover_all"] = c.v[coverAll]
	f["cover_question"] = c.v[coverQuestion]
	f["like_question"] = c.v[likeQuestion]
	f["intent_match"] = c.v[intentMatch]
	f["detail_match"] = c.v[detailMatch]
	f["drug_missing"] = c.v[drugMissing]
	f["drug_match"] = c.v[drugMatch]
	f["nearness"] = c.v[nearness]
	f["score"] = logistic(c.score / 4)

	// What is left over: the heaviest part of the question that nothing covers,
	// and how much of it is on things the library has never heard of.
	heaviest, missing, unknown, foreign, subject := 0.0, 0.0, 0.0, 0.0, 0.0
	for j := range q.units {
		n := &q.units[j]
		heaviest = max(heaviest, n.weight)
		left := n.weight * (1 - c.covers[j])
		missing = max(missing, left)
		if !n.known {
			unknown += n.weight
			if n.entity >= 0 {
				foreign = max(foreign, n.weight)
			}
		}
		if n.entity >= 0 && c.covers[j] > 0 {
			subject = max(subject, c.covers[j]*n.weight)
		}
	}
	total := max(q.total, 1e-9)
	f["missing"] = missing / 6
	f["missing_share"] = missing / total
	f["unknown"] = unknown / total
	f["foreign"] = foreign / 5
	f["subject"] = subject / 6
	f["no_subject"] = 0
	if subject == 0 {
		f["no_subject"] = 1
	}
	f["length"] = min(1, float64(len(q.units))/15)
	return f
}

// coverage is the probability that a passage is on what the question asks.
func (x *Index) coverage(q *query, c *candidate, all []candidate) float64 {
	sum := 0.0
	for name, value := range x.coverFeatures(q, c, all) {
		sum += value * x.weights.Cover[name]
	}
	return logistic(sum)
}
