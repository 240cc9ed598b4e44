package rest

import (
	"crypto/md5" // #nosec G501 -- what Gravatar names pictures by, no protection
	"encoding/hex"
	"strings"

	"runyard/application"
	"runyard/domain"
	"runyard/ports"
)

// userIdentity is what every view of a user begins with.
type userIdentity struct {
	ID        domain.UserID     `json:"id"`
	Username  string            `json:"username"`
	Name      string            `json:"name"`
	State     domain.UserStatus `json:"state"`
	AvatarURL string            `json:"avatar_url"`
	WebURL    string            `json:"web_url"`
}

func (v views) userIdentity(u *domain.User) userIdentity {
	s := u.State()
	return userIdentity{
		ID: s.ID, Username: s.Username, Name: s.Name, State: s.Status,
		AvatarURL: gravatar(s.Email), WebURL: v.web(s.Username),
	}
}

// gravatar is the address of somebody's picture, as GitLab's default has it.
func gravatar(email string) string {
	sum := md5.Sum([]byte(strings.ToLower(email))) // #nosec G401 -- see the import
	return "https://www.gravatar.com/avatar/" + hex.EncodeToString(sum[:]) + "?s=80&d=identicon"
}

// userView is the user that everybody sees (runners-api.md 4.7, service.md
// section 4).
type userView struct {
	userIdentity
	CreatedAt    timestamp `json:"created_at"`
	Bio          *string   `json:"bio"`
	Location     *string   `json:"location"`
	PublicEmail  string    `json:"public_email"`
	Skype        string    `json:"skype"`
	LinkedIn     string    `json:"linkedin"`
	Twitter      string    `json:"twitter"`
	WebsiteURL   string    `json:"website_url"`
	Organization *string   `json:"organization"`
}

func appendUser(to []byte, v *userView) []byte {
	if v == nil {
		return append(to, "null"...)
	}
	to = appendInt(append(to, `{"id":`...), v.ID)
	to = appendText(append(to, `,"username":`...), v.Username)
	to = appendText(append(to, `,"name":`...), v.Name)
	to = appendText(append(to, `,"state":`...), v.State)
	to = appendText(append(to, `,"avatar_url":`...), v.AvatarURL)
	to = appendText(append(to, `,"web_url":`...), v.WebURL)
	to = v.CreatedAt.appendTo(append(to, `,"created_at":`...))
	to = appendOptionalText(append(to, `,"bio":`...), v.Bio)
	to = appendOptionalText(append(to, `,"location":`...), v.Location)
	to = appendText(append(to, `,"public_email":`...), v.PublicEmail)
	to = appendText(append(to, `,"skype":`...), v.Skype)
	to = appendText(append(to, `,"linkedin":`...), v.LinkedIn)
	to = appendText(append(to, `,"twitter":`...), v.Twitter)
	to = appendText(append(to, `,"website_url":`...), v.WebsiteURL)
	return append(appendOptionalText(append(to, `,"organization":`...), v.Organization), '}')
}

func (v views) user(u *domain.User) userView {
	return userView{userIdentity: v.userIdentity(u), CreatedAt: timestamp(u.State().CreatedAt)}
}

// privateUserView is the user that administrators and the user themselves see.
type privateUserView struct {
	userView
	Email   string `json:"email"`
	IsAdmin bool   `json:"is_admin"`
}

// userFor is the view of a user that the actor may have.
func (v views) userFor(actor domain.Actor, u *domain.User) any {
	if !actor.Admin && !actor.Is(u.ID()) {
		return v.user(u)
	}
	s := u.State()
	return privateUserView{userView: v.user(u), Email: s.Email, IsAdmin: s.Admin}
}

// memberView is a member of a group or project.
type memberView struct {
	userIdentity
	AccessLevel domain.AccessLevel `json:"access_level"`
	ExpiresAt   date               `json:"expires_at"`
	CreatedAt   timestamp          `json:"created_at"`
}

func (v views) member(m ports.Member) memberView {
	s := m.Membership.State()
	return memberView{
		userIdentity: v.userIdentity(m.User),
		AccessLevel:  s.Level, ExpiresAt: date(s.ExpiresAt), CreatedAt: timestamp(s.CreatedAt),
	}
}

// tokenView is a personal access token without its secret.
type tokenView struct {
	ID        domain.PersonalAccessTokenID `json:"id"`
	Name      string                       `json:"name"`
	Revoked   bool                         `json:"revoked"`
	CreatedAt timestamp                    `json:"created_at"`
	Scopes    []string                     `json:"scopes"`
	UserID    domain.UserID                `json:"user_id"`
	Active    bool                         `json:"active"`
	ExpiresAt date                         `json:"expires_at"`
}

// newTokenView is a token that was just made: the only sight of its secret.
type newTokenView struct {
	tokenView
	Token string `json:"token"`
}

func (v views) token(t application.TokenView) tokenView {
	s := t.Token.State()
	return tokenView{
		ID: s.ID, Name: s.Name, Revoked: s.Revoked, CreatedAt: timestamp(s.CreatedAt),
		Scopes: s.Scopes.Strings(), UserID: s.User, Active: t.Active, ExpiresAt: date(s.ExpiresAt),
	}
}
