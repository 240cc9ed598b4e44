package sqlstore

import (
	"slices"

	"runyard/domain"
)

// laneLength is how many jobs of a lane are kept in mind: those behind them are
// read when their turn comes, so that a long queue needs no more memory.
const laneLength = 256

// knownKinds is how many tags, as sets, are kept in mind at least.
const knownKinds = 200

// knownProjects is how many projects are kept in mind at least, with lanes or
// without: what a project is like need not be read for each of its jobs.
const knownProjects = 10_000

// laneIndex is what a node keeps in mind of the waiting jobs, so that a claim
// need not search the database: the oldest jobs of each lane, in the order in
// which claims take them. It only proposes; whether a job still waits and who may
// have it is asked of the database when its lock is held.
//
// Jobs with the same tags, protection and project are a lane: whoever may have
// one of them may have them all.
//
// Of a lane no more than laneLength jobs are kept, but no lane is left out, or the
// index could not say that there is nothing for a runner. So it grows with the
// lanes in which jobs wait: by 300 bytes for one in a project of its own, by 600 if
// nobody else has its tags.
type laneIndex struct {
	kinds    map[kindKey]*laneKind
	projects map[domain.ProjectID]*queuedProject
	// groups are those whose runners asked: lanes are in order for them too.
	groups map[domain.GroupID]bool
	// loads are the jobs of each project on instance runners.
	loads map[domain.ProjectID]int
	// taken are jobs that claims of this node have chosen, until it is certain
	// that what was read since does not show them any more.
	taken map[domain.JobID]takenJob
	// lost are jobs that a claim could not lock, or not have, and when. They are
	// put back if the database says that they still wait; but not for the claims
	// that could not lock them, which pass over them.
	lost map[domain.JobID]moment
	// last is the last moment.
	last moment
	// drained are lanes of which more must be read.
	drained map[*lane]bool
	// suited are the kinds for each runner that asked, as long as no other kinds
	// are known.
	suited map[domain.RunnerID]suitedKinds
	// room is how many projects may be known before those without lanes are
	// forgotten.
	room int
}

// moment counts what happens: claims that come, and jobs that are lost. Zero is
// before all of them.
type moment uint64

func (x *laneIndex) now() moment {
	x.last++
	return x.last
}

// kindKey stands for tags, in any order, and a protection.
type kindKey struct {
	tagKey    string
	protected bool
}

// laneKind is what lanes have in common that differ by their projects.
type laneKind struct {
	kindKey
	tags  domain.Tags
	lanes map[domain.ProjectID]*lane
	all   laneHeap // of projects that take instance runners
	below map[domain.GroupID]*laneHeap
}

// queuedProject is a project of which jobs wait, or did.
type queuedProject struct {
	id                   domain.ProjectID
	sharedRunnersEnabled bool
	groupRunnersEnabled  bool
	groups               []domain.GroupID // above it
	load                 int
	lanes                []*lane
}

type lane struct {
	kind    *laneKind
	project *queuedProject
	ids     []domain.JobID // ascending
	// oldest is the first of ids or, if that must be read, no younger than that.
	oldest domain.JobID
	more   bool // jobs may wait behind ids
	places []*lanePlace
}

type takenJob struct {
	project domain.ProjectID
	counts  bool // in loads
	done    bool // it was handed over
}

// waitingJob is a job as it is read from the queue.
type waitingJob struct {
	id      domain.JobID
	project domain.ProjectID
	kind    kindKey
}

func newLaneIndex() *laneIndex {
	return &laneIndex{
		kinds: make(map[kindKey]*laneKind), projects: make(map[domain.ProjectID]*queuedProject),
		groups: make(map[domain.GroupID]bool), loads: make(map[domain.ProjectID]int),
		taken: make(map[domain.JobID]takenJob), lost: make(map[domain.JobID]moment), drained: make(map[*lane]bool),
		suited: make(map[domain.RunnerID]suitedKinds), room: knownProjects,
	}
}

// add puts a job into its lane. If its tags or its project could not be found it
// is gone, or is looked for once more.
func (x *laneIndex) add(w waitingJob) {
	kind, project := x.kinds[w.kind], x.projects[w.project]
	if _, chosen := x.taken[w.id]; chosen {
		return
	}
	if kind == nil || project == nil {
		x.lost[w.id] = 0
		return
	}
	l := kind.lanes[w.project]
	if l == nil {
		l = &lane{kind: kind, project: project}
		kind.lanes[w.project] = l
		project.lanes = append(project.lanes, l)
		l.put(w.id)
		x.place(l)
		return
	}
	l.put(w.id)
}

// put keeps the job in mind unless it is behind so many others that it will be
// read later.
func (l *lane) put(id domain.JobID) {
	at, known := slices.BinarySearch(l.ids, id)
	if known || at == len(l.ids) && l.more {
		return
	}
	l.ids = slices.Insert(l.ids, at, id)
	if len(l.ids) > laneLength {
		l.ids, l.more = slices.Delete(l.ids, laneLength, len(l.ids)), true
	}
	l.settle()
}

// settle moves the lane to where its oldest job belongs.
func (l *lane) settle() {
	if len(l.ids) == 0 || l.oldest == l.ids[0] {
		return
	}
	l.oldest = l.ids[0]
	for _, place := range l.places {
		place.fix()
	}
}

// place puts the lane where the runners look that its project lets in.
func (x *laneIndex) place(l *lane) {
	if l.project.sharedRunnersEnabled {
		l.kind.all.add(l)
	}
	for _, group := range l.project.groups {
		if x.groups[group] {
			x.placeBelow(l, group)
		}
	}
}

func (x *laneIndex) placeBelow(l *lane, group domain.GroupID) {
	if !l.project.groupRunnersEnabled {
		return
	}
	heap := l.kind.below[group]
	if heap == nil {
		heap = new(laneHeap)
		l.kind.below[group] = heap
	}
	heap.add(l)
}

func (l *lane) unplace() {
	for _, place := range l.places {
		place.remove()
	}
	l.places = nil
}

// openGroup keeps lanes in order for the runners of the group from now on.
func (x *laneIndex) openGroup(group domain.GroupID) {
	if x.groups[group] {
		return
	}
	x.groups[group] = true
	for _, project := range x.projects {
		if slices.Contains(project.groups, group) {
			for _, l := range project.lanes {
				x.placeBelow(l, group)
			}
		}
	}
}

// refill takes the oldest jobs of a lane as they were read just now.
func (x *laneIndex) refill(l *lane, ids []domain.JobID) {
	delete(x.drained, l)
	more := len(ids) == laneLength
	l.ids = slices.DeleteFunc(ids, func(id domain.JobID) bool {
		_, chosen := x.taken[id]
		return chosen
	})
	l.more = more
	l.settle()
	x.tidy(l)
}

// tidy forgets a lane without jobs, or notes that more of it must be read.
func (x *laneIndex) tidy(l *lane) {
	switch {
	case len(l.ids) > 0:
	case l.more:
		x.drained[l] = true
	default:
		l.unplace()
		delete(l.kind.lanes, l.project.id)
		l.project.lanes = slices.DeleteFunc(l.project.lanes, func(other *lane) bool { return other == l })
	}
}

// know takes in what the projects are like now; the place of their lanes follows.
func (x *laneIndex) know(project *queuedProject) {
	project.load = x.loads[project.id]
	before := x.projects[project.id]
	x.projects[project.id] = project
	if before == nil {
		return
	}
	project.lanes = before.lanes
	for _, l := range project.lanes {
		l.unplace()
		l.project = project
		x.place(l)
	}
}

// forgetIdle forgets kinds and projects without lanes when there are many.
func (x *laneIndex) forgetIdle() {
	if len(x.kinds) > knownKinds {
		for key, kind := range x.kinds {
			if len(kind.lanes) == 0 {
				delete(x.kinds, key)
				clear(x.suited)
			}
		}
	}
	if len(x.projects) <= x.room {
		return
	}
	for id, project := range x.projects {
		if len(project.lanes) == 0 {
			delete(x.projects, id)
		}
	}
	x.room = max(knownProjects, 2*len(x.projects))
}

// knowKind takes in which tags a key stands for.
func (x *laneIndex) knowKind(key kindKey, tags domain.Tags) {
	if x.kinds[key] == nil {
		clear(x.suited)
		x.kinds[key] = &laneKind{
			kindKey: key, tags: tags, lanes: make(map[domain.ProjectID]*lane),
			all: laneHeap{fair: true}, below: make(map[domain.GroupID]*laneHeap),
		}
	}
}

// take chooses the oldest job of the lane. counts says whether it is for an
// instance runner.
func (x *laneIndex) take(l *lane, counts bool) domain.JobID {
	id := l.ids[0]
	x.chosen(l, id, counts)
	if counts {
		x.addLoad(l.project.id, 1)
	}
	return id
}

// chosen takes the job out of its lane.
func (x *laneIndex) chosen(l *lane, id domain.JobID, counts bool) {
	x.taken[id] = takenJob{project: l.project.id, counts: counts}
	if at, known := slices.BinarySearch(l.ids, id); known {
		l.ids = slices.Delete(l.ids, at, at+1)
	}
	l.settle()
	x.tidy(l)
}

// swap notes that a claim got another job of the lane than it had chosen.
func (x *laneIndex) swap(l *lane, chosen, got domain.JobID) {
	counts := x.taken[chosen].counts
	delete(x.taken, chosen)
	x.lost[chosen] = x.now()
	x.chosen(l, got, counts)
}

// handedOver notes that a chosen job went to an agent.
func (x *laneIndex) handedOver(id domain.JobID) {
	job := x.taken[id]
	job.done = true
	x.taken[id] = job
}

// giveBack notes that a chosen job did not go to an agent.
func (x *laneIndex) giveBack(id domain.JobID, at moment) {
	if job := x.taken[id]; job.counts {
		x.addLoad(job.project, -1)
	}
	delete(x.taken, id)
	x.lost[id] = at
}

// addLoad notes that jobs of the project came to instance runners, or left them.
func (x *laneIndex) addLoad(project domain.ProjectID, jobs int) {
	x.loads[project] += jobs
	if x.loads[project] <= 0 {
		delete(x.loads, project)
	}
	x.weigh(project)
}

// setLoads takes in what was counted; claims under way are not in it yet.
func (x *laneIndex) setLoads(loads map[domain.ProjectID]int) {
	for _, job := range x.taken {
		if job.counts {
			loads[job.project]++
		}
	}
	before := x.loads
	x.loads = loads
	for project := range before {
		x.weigh(project)
	}
	for project := range loads {
		x.weigh(project)
	}
}

// weigh moves the lanes of the project to where its load belongs.
func (x *laneIndex) weigh(id domain.ProjectID) {
	project := x.projects[id]
	if project == nil || project.load == x.loads[id] {
		return
	}
	project.load = x.loads[id]
	for _, l := range project.lanes {
		for _, place := range l.places {
			if place.in.fair {
				place.fix()
			}
		}
	}
}
