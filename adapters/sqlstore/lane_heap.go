package sqlstore

import "container/heap"

// laneHeap orders lanes by which of them a claim takes from first.
type laneHeap struct {
	// fair puts lanes of projects with fewer jobs on instance runners first.
	fair   bool
	places []*lanePlace
}

// lanePlace is where a lane stands in a heap.
type lanePlace struct {
	lane *lane
	in   *laneHeap
	at   int
}

// first is the lane to take from; nil: there is none. A nil heap has none.
func (h *laneHeap) first() *lane {
	if h == nil || len(h.places) == 0 {
		return nil
	}
	return h.places[0].lane
}

// add puts the lane in.
func (h *laneHeap) add(l *lane) {
	place := &lanePlace{lane: l, in: h}
	heap.Push(h, place)
	l.places = append(l.places, place)
}

func (p *lanePlace) remove() { heap.Remove(p.in, p.at) }

// fix moves the lane to where it belongs now.
func (p *lanePlace) fix() { heap.Fix(p.in, p.at) }

// comesBefore is the order of section 8 of the runner protocol.
func (l *lane) comesBefore(other *lane, fair bool) bool {
	if fair && l.project.load != other.project.load {
		return l.project.load < other.project.load
	}
	return l.oldest < other.oldest
}

// Len implements heap.Interface.
func (h *laneHeap) Len() int { return len(h.places) }

// Less implements heap.Interface.
func (h *laneHeap) Less(i, j int) bool {
	return h.places[i].lane.comesBefore(h.places[j].lane, h.fair)
}

// Swap implements heap.Interface.
func (h *laneHeap) Swap(i, j int) {
	h.places[i], h.places[j] = h.places[j], h.places[i]
	h.places[i].at, h.places[j].at = i, j
}

// Push implements heap.Interface.
func (h *laneHeap) Push(x any) {
	place := x.(*lanePlace)
	place.at = len(h.places)
	h.places = append(h.places, place)
}

// Pop implements heap.Interface.
func (h *laneHeap) Pop() any {
	last := len(h.places) - 1
	place := h.places[last]
	h.places[last] = nil
	h.places = h.places[:last]
	return place
}
