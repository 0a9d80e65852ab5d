"""Users, sessions, devices and sign-in attempts. Part of the store.

Guessing is slowed per account, browser and network; nobody is locked out of a browser they have used before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mingzhang.casework import audit_log, models, passwords
from mingzhang.casework.engine import Database, once
from mingzhang.casework.workflow import NotAllowedError, Role, WorkflowError, check_roles

IDLE = dt.timedelta(minutes=30)
ABSOLUTE = dt.timedelta(hours=8)
WINDOW = dt.timedelta(hours=1)
# Wrong guesses evaluated per window: on one account from unknown browsers, from one known browser, from one network.
PER_ACCOUNT, PER_DEVICE, PER_ADDRESS = 10, 10, 60


@dataclass(frozen=True)
class Viewer:
    """The person behind a request; every query is bound to their roles and counties.

    Attributes:
        counties: six-digit county codes they may see; empty means all.
    """

    name: str
    roles: frozenset[Role]
    counties: frozenset[str]

    def may(self, *roles: Role) -> bool:
        """Tell whether they hold one of the roles."""
        return not self.roles.isdisjoint(roles)

    def sees(self, county_code: str) -> bool:
        """Tell whether they may see a county."""
        return not self.counties or county_code in self.counties

    def require(self, roles: Collection[Role], county_code: str | None) -> None:
        """Refuse an act that is not theirs to do; the site and the command line both ask here.

        Args:
            roles: who may do it.
            county_code: six digits of the county it concerns; None or '' where it concerns all counties or none is known.

        Raises:
            NotAllowedError: none of the roles, or not their county.
        """
        if not self.may(*roles) or not self.sees(county_code or ""):
            raise NotAllowedError


@dataclass(frozen=True)
class SignIn:
    """A successful sign-in: the secrets for the two cookies."""

    session: str
    device: str


@dataclass(frozen=True)
class UserRecord:
    """A user as the administrator sees one."""

    viewer: Viewer
    created_at: dt.datetime
    disabled_at: dt.datetime | None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def address_prefix(address: str) -> str:
    """Return the network an address belongs to: /24 of IPv4, /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{parsed}/{24 if parsed.version == 4 else 64}", strict=False))


def _viewer(user: models.User) -> Viewer:
    return Viewer(
        user.name,
        frozenset(Role(role) for role in user.roles.split(",") if role),
        frozenset(code for code in user.counties.split(",") if code),
    )


class Accounts(Database):
    """The store's part that knows users and sessions."""

    def add_user(
        self,
        name: str,
        roles: Collection[Role | str],
        counties: Collection[str],
        password: str,
        now: dt.datetime,
        *,
        by: str = "system:cli",
    ) -> None:
        """Add a user.

        Args:
            name: login name.
            roles: what they are trusted with.
            counties: six-digit codes; empty for all counties.
            password: at least twelve characters, not a common one.
            now: time, UTC.
            by: who adds them.

        Raises:
            WorkflowError: bad name, password or roles, or the name is taken.
        """
        if not name.strip() or len(name) > 40 or not name.isprintable() or "," in name:
            raise WorkflowError("用户名应为 1 至 40 个字符，且不含逗号。")
        check_roles(roles)
        passwords.check_new(password, name)
        hashed = passwords.hashed(password)
        with once("此用户名已被使用，请换一个。"), self.write() as session:
            session.add(
                models.User(
                    name=name,
                    password_hash=hashed,
                    roles=",".join(sorted(roles)),
                    counties=",".join(sorted(counties)),
                    created_at=now,
                )
            )
            audit_log.append(session, by, "add_user", name, now, roles=",".join(sorted(roles)))

    def set_password(self, name: str, password: str, now: dt.datetime, by: str) -> None:
        """Give a user a new password and end their sessions.

        Args:
            name: login name.
            password: at least twelve characters, not a common one.
            now: time, UTC.
            by: who sets it.

        Raises:
            WorkflowError: no such user, or a password that is refused.
        """
        passwords.check_new(password, name)
        hashed = passwords.hashed(password)
        with self.write() as session:
            self._user(session, name).password_hash = hashed
            _end_sessions(session, name, now)
            audit_log.append(session, by, "set_password", name, now)

    def set_roles(
        self, name: str, roles: Collection[Role | str], counties: Collection[str], now: dt.datetime, by: str
    ) -> None:
        """Change a user's roles and counties; their sessions end.

        Args:
            name: login name.
            roles: every role from now on.
            counties: six-digit codes from now on; empty for all counties.
            now: time, UTC.
            by: who changes them.

        Raises:
            WorkflowError: no such user, or roles no one person may hold.
        """
        check_roles(roles)
        with self.write() as session:
            user = self._user(session, name)
            user.roles, user.counties = ",".join(sorted(roles)), ",".join(sorted(counties))
            _end_sessions(session, name, now)
            audit_log.append(session, by, "set_roles", name, now, roles=user.roles, counties=user.counties)

    def disable_user(self, name: str, now: dt.datetime, by: str, disabled: bool = True) -> None:
        """Stop a user from signing in, or let them again; their sessions end.

        Args:
            name: login name.
            now: time, UTC.
            by: who does it.
            disabled: false lets the user sign in again.
        """
        with self.write() as session:
            self._user(session, name).disabled_at = now if disabled else None
            _end_sessions(session, name, now)
            audit_log.append(session, by, "disable_user" if disabled else "enable_user", name, now)

    @staticmethod
    def _user(session: Session, name: str) -> models.User:
        user = session.get(models.User, name)
        if user is None:
            raise WorkflowError("没有这个用户。")
        return user

    def user_names(self) -> frozenset[str]:
        """Return the names of all users."""
        return frozenset(user.viewer.name for user in self.users())

    def acting(self, name: str) -> Viewer | None:
        """Return the user a command names; None while there are no users, when every name is taken at its word.

        Raises:
            WorkflowError: there are users, and the name is none of theirs, or that user is disabled.
        """
        users = {user.viewer.name: user for user in self.users()}
        if not users:
            return None
        if name not in users:
            raise WorkflowError(f"没有“{name}”这个用户；请用内部网站的用户名，或先用 mingzhang user add 建立。")
        if users[name].disabled_at is not None:
            raise WorkflowError(f"用户“{name}”已停用，不能办理。")
        return users[name].viewer

    def users(self) -> list[UserRecord]:
        """Return all users by name."""
        with self.read() as session:
            rows = session.scalars(select(models.User).order_by(models.User.name))
            return [UserRecord(_viewer(user), user.created_at, user.disabled_at) for user in rows]

    def sign_in(self, name: str, password: str, now: dt.datetime, address: str = "", device: str = "") -> SignIn | None:
        """Check a password and open a new session.

        Guesses are counted per account, per network and per browser that has signed in before. Beyond the limit the
        password is not looked at, yet the answer takes the same work and is the same None.

        Args:
            name: as typed.
            password: as typed.
            now: time, UTC.
            address: IP address of the client.
            device: the device cookie, '' when there is none.
        """
        account, prefix = _digest(name.strip().casefold())[:16], address_prefix(address)
        with self.read() as session:
            user = session.get(models.User, name.strip())
            known = bool(device) and session.get(models.Device, (_digest(device), name.strip())) is not None
            bucket = _digest(device) if known else ""
            open_ = _below_limits(session, account, prefix, bucket, now)
            password_hash = user.password_hash if user and user.disabled_at is None and open_ else None
        fits = passwords.matches(password_hash, password)
        if not open_:
            return None
        with self.write() as session:
            session.add(models.SignInAttempt(at=now, account=account, address=prefix, device=bucket, succeeded=fits))
            if not fits:
                audit_log.append(session, "system:login", "sign_in_failed", account, now)
                return None
            found = SignIn(secrets.token_urlsafe(32), device if known else secrets.token_urlsafe(32))
            session.add(
                models.LoginSession(id_hash=_digest(found.session), user=name.strip(), created_at=now, seen_at=now)
            )
            if not known:
                session.add(models.Device(id_hash=_digest(found.device), user=name.strip(), first_seen=now))
            audit_log.append(session, name.strip(), "sign_in", name.strip(), now)
            return found

    def viewer_of(self, session_secret: str, now: dt.datetime) -> Viewer | None:
        """Return the user of a session, or None when it has ended, was idle for 30 minutes or is 8 hours old."""
        key = _digest(session_secret)
        with self.read() as session:
            opened = session.get(models.LoginSession, key)
            user = session.get(models.User, opened.user) if opened else None
            if opened is None or user is None or user.disabled_at is not None or opened.ended_at is not None:
                return None
            if now - opened.seen_at > IDLE or now - opened.created_at > ABSOLUTE:
                return None
            stale = now - opened.seen_at > dt.timedelta(minutes=1)
            viewer = _viewer(user)
        if stale:  # one write a minute is enough for an idle limit of thirty
            with self.write() as session:
                session.execute(
                    update(models.LoginSession).where(models.LoginSession.id_hash == key).values(seen_at=now)
                )
        return viewer

    def sign_out(self, session_secret: str, now: dt.datetime) -> None:
        """End a session for good."""
        with self.write() as session:
            opened = session.get(models.LoginSession, _digest(session_secret))
            if opened is not None and opened.ended_at is None:
                opened.ended_at = now
                audit_log.append(session, opened.user, "sign_out", opened.user, now)


def _end_sessions(session: Session, name: str, now: dt.datetime) -> None:
    table = models.LoginSession
    session.execute(update(table).where(table.user == name, table.ended_at.is_(None)).values(ended_at=now))


def _below_limits(session: Session, account: str, prefix: str, bucket: str, now: dt.datetime) -> bool:
    table = models.SignInAttempt
    wrong = select(func.count()).select_from(table).where(table.at > now - WINDOW, table.succeeded.is_(False))
    if bucket:
        return (session.scalar(wrong.where(table.account == account, table.device == bucket)) or 0) < PER_DEVICE
    on_account = session.scalar(wrong.where(table.account == account, table.device == "")) or 0
    from_network = session.scalar(wrong.where(table.address == prefix, table.device == "")) or 0
    return on_account < PER_ACCOUNT and from_network < PER_ADDRESS
