package sqlstore

import (
	"context"

	"github.com/uptrace/bun"

	"runyard/ports"
)

// window cuts the page out of the list.
func window(q *bun.SelectQuery, p ports.Page) *bun.SelectQuery {
	return q.Limit(int64(p.Size)).Offset(int64(p.Offset()))
}

// pageByID restricts rows to one page of the matching ones. The page is cut by
// ids alone: what else is read of a row, joined or counted, is read of those on
// the page and not of all that come before it or must be sorted.
func pageByID(rows, matching *bun.SelectQuery, id, direction string, p ports.Page) *bun.SelectQuery {
	order := id + " " + direction
	return rows.
		Where("? IN (?)", bun.Safe(id), window(matching.ColumnExpr(id).OrderExpr(order), p)).
		OrderExpr(order)
}

const (
	ascending  = "ASC"
	descending = "DESC"
)

// total is how many rows the whole list has, given how many its page has. It
// asks the database only if the page does not tell: a page that is not full is
// the last one. matching selects the whole list; it is counted no further than
// CountLimit.
func total(ctx context.Context, db *bun.DB, rows int, p ports.Page, matching *bun.SelectQuery) (int, error) {
	if 0 < rows && rows < p.Size || rows == 0 && p.Offset() == 0 {
		return min(p.Offset()+rows, ports.CountLimit), nil
	}
	var count int
	err := db.NewSelect().
		TableExpr("(?) AS counted", matching.ColumnExpr("1").Limit(ports.CountLimit)).
		ColumnExpr("count(*)").
		Scan(ctx, &count)
	return count, err
}
