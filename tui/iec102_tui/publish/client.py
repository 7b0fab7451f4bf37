"""One connection to a broker, by aiomqtt, and what went wrong with it in one sentence."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from iec102.errors import Iec102Error, InvalidSetting

from iec102_tui.publish.outbox import Outgoing
from iec102_tui.publish.settings import BrokerSettings, Host
from iec102_tui.words.text import N_, _

if TYPE_CHECKING:
    pass

KEEPALIVE = 30
"""Seconds after which the broker says that this machine is offline, half of them again at most."""
PATIENCE = 10.0
"""Seconds for an answer of the broker."""
_QOS = 1
# Codes of MQTT 5; those of 3.1.1 are given as these.
_NOT_GRANTED = 128
_ASK_AGAIN = (15.0, 60.0)
"""Seconds after which a reader asks again for what is retained: a node of a cluster may learn of it late."""
_BAD_NAME, _NOT_ALLOWED, _BAD_VERSION, _BANNED, _BAD_METHOD = 134, 135, 132, 138, 140


class PublishFailed(Iec102Error):
    """The broker cannot be reached, or does not take what it is sent."""


class LoginRefused(PublishFailed):
    """The broker refuses who publishes; the same is not sent again by itself."""


class Connection(Protocol):
    """What a delivery needs of a connection to a broker."""

    async def publish(self, message: Outgoing) -> None:
        """Returns when the broker has it. Raises PublishFailed."""

    async def lost(self) -> None:
        """Raises PublishFailed when the connection is lost; never returns."""


class Listening(Protocol):
    """What a reader needs of a connection to a broker."""

    async def listen(self, filters: Sequence[str], take: Callable[[str, bytes, bool], None]) -> None:
        """Gives each message, with its topic and whether it was retained, until the connection is lost.

        Never returns. Raises PublishFailed.
        """


class Will(Protocol):
    """What the broker says when this connection breaks."""

    @property
    def topic(self) -> str: ...
    @property
    def payload(self) -> str: ...


def credentials(settings: BrokerSettings) -> list[int | None]:
    """When each file from which a login comes was changed last, in ns; None where there is none."""
    found: list[int | None] = []
    for path in (settings.password_file, settings.certificate, settings.key):
        try:
            found.append(None if path is None else path.stat().st_mtime_ns)
        except OSError:
            found.append(None)
    return found


def check_installed() -> None:
    """Raises InvalidSetting where aiomqtt is not to be had."""
    try:
        import aiomqtt  # noqa: F401 - loaded when it is used
    except ImportError:
        raise InvalidSetting(_("publishing needs aiomqtt: install it with pip install 'iec102-tui[mqtt]'")) from None


@contextlib.asynccontextmanager
async def connection(
    settings: BrokerSettings, host: Host, will: Will | None, identifier: str
) -> AsyncIterator[_Connection]:
    """A connection as long as the block lasts. Raises PublishFailed, and InvalidSetting for a file of the settings."""
    import aiomqtt

    # The library says what it sees to the log, which here says it in our words.
    quiet = logging.getLogger("iec102_tui.mqtt")
    quiet.setLevel(logging.CRITICAL)
    tls = settings.tls() if host.is_secure else None
    if tls is not None:
        tls.sslsocket_class = _ClosingSocket
    client = _client_class()(
        host.name,
        host.port,
        username=settings.username,
        password=settings.password(),
        identifier=identifier,
        protocol=aiomqtt.ProtocolVersion.V5 if settings.version == 5 else aiomqtt.ProtocolVersion.V311,
        will=None if will is None else aiomqtt.Will(will.topic, will.payload, _QOS, True),
        clean_session=None if settings.version == 5 else True,
        keepalive=KEEPALIVE,
        timeout=PATIENCE,
        tls_context=tls,
        logger=quiet,
    )
    client.pending_calls_threshold = 1_000_000
    try:
        await client.__aenter__()
    except aiomqtt.MqttError as error:
        client.abandon()
        raise failure(error, host) from error
    try:
        yield _Connection(client, host)
    finally:
        with contextlib.suppress(aiomqtt.MqttError, OSError):
            await client.__aexit__(None, None, None)
        client.abandon()


class _ClosingSocket(ssl.SSLSocket):
    """Closed where the handshake fails, which the library leaves to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


def _client_class() -> type[Any]:
    """The library's client, which also says where the broker takes no message (MQTT 5), or hangs up unanswered."""
    import aiomqtt

    class Client(aiomqtt.Client):
        refusal: str | None = None
        take: Callable[[str, bytes, bool], None] | None = None

        def _on_message(self, client: Any, userdata: Any, message: Any) -> None:
            if self.take is None:
                super()._on_message(client, userdata, message)
                return
            with contextlib.suppress(UnicodeDecodeError):  # a topic that is no text is none of ours
                self.take(message.topic, bytes(message.payload), bool(message.retain))

        def _on_publish(self, client: Any, userdata: Any, mid: int, reason_code: Any, properties: Any) -> None:
            if reason_code.is_failure:
                self.refusal = str(reason_code)
            super()._on_publish(client, userdata, mid, reason_code, properties)

        def _on_disconnect(self, client: Any, userdata: Any, flags: Any, code: Any, properties: Any = None) -> None:
            if not self._connected.done():  # else it would wait for an answer that cannot come
                self._connected.set_exception(_ClosedAtOnce())
            super()._on_disconnect(client, userdata, flags, code, properties)

        def abandon(self) -> None:
            """Closes what a failed attempt has left open."""
            self._client._sock_close()  # noqa: SLF001 - nothing public closes without a farewell

    class _ClosedAtOnce(aiomqtt.MqttError):
        closed_at_once = True

    return Client


class _Connection:
    def __init__(self, client: Any, host: Host) -> None:
        self._client = client
        self._host = host

    async def publish(self, message: Outgoing) -> None:
        import aiomqtt

        try:
            await self._client.publish(message.topic, message.payload.encode(), _QOS, message.retain)
        except (aiomqtt.MqttError, OSError) as error:
            raise failure(error, self._host) from error
        if self._client.refusal is not None:
            raise PublishFailed(
                _(
                    "{host} does not take what is published ({why}): check its access rules for topic in [broker]",
                    host=self._host,
                    why=self._client.refusal,
                )
            )

    async def listen(self, filters: Sequence[str], take: Callable[[str, bytes, bool], None]) -> None:
        # Straight from the socket: the library's queue costs as much as all that becomes of a message here.
        self._client.take = take
        await self._subscribe(filters)
        lost = asyncio.ensure_future(self.lost())
        try:
            for pause in _ASK_AGAIN:
                done, _waiting = await asyncio.wait([lost], timeout=pause)
                if not done:
                    await self._subscribe(filters)
            await lost
        finally:
            lost.cancel()
            await asyncio.gather(lost, return_exceptions=True)

    async def _subscribe(self, filters: Sequence[str]) -> None:
        """What is retained comes, also where it was subscribed to before."""
        import aiomqtt

        try:
            # QoS 0: what is lost with the connection is retained, or too old to be shown.
            granted = await self._client.subscribe([(each, 0) for each in filters])
        except (aiomqtt.MqttError, OSError) as error:
            raise failure(error, self._host) from error
        if any(int(getattr(code, "value", code)) >= _NOT_GRANTED for code in granted):
            raise PublishFailed(
                _("{host} does not let this login read: check its access rules for topic in [broker]", host=self._host)
            )

    async def lost(self) -> None:
        import aiomqtt

        try:
            async for _message in self._client.messages:
                pass
        except (aiomqtt.MqttError, OSError):
            raise PublishFailed(
                _("{host} closed the connection: check whether the broker runs", host=self._host)
            ) from None
        await asyncio.Event().wait()


_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, N_("the certificate of {host} is not trusted ({why}): check ca in [broker]")),
    (
        ssl.SSLError,
        N_("{host} speaks no TLS that fits ({why}): check url, and certificate and key, in [broker]"),
    ),
    (ConnectionRefusedError, N_("nothing listens at {host}: check url in [broker], and whether the broker runs")),
    (socket.gaierror, N_("the name of {host} is not known: check url in [broker], and the name server")),
    (TimeoutError, N_("{host} does not answer: check url in [broker], and the way to it")),
    (OSError, N_("{host} cannot be reached ({why}): check url in [broker], and the way to it")),
)


def failure(error: BaseException, host: Host) -> PublishFailed:
    """What went wrong, in a sentence that holds neither name nor password."""
    code = getattr(getattr(error, "rc", None), "value", None)
    if code in (_BAD_NAME, _NOT_ALLOWED, _BANNED, _BAD_METHOD):
        return LoginRefused(
            _("{host} refuses the login: check username and password_file, or certificate, in [broker]", host=host)
        )
    if code == _BAD_VERSION:
        return PublishFailed(_("{host} does not speak this version of MQTT: check version in [broker]", host=host))
    if hasattr(error, "closed_at_once"):
        return PublishFailed(
            _("{host} closes the connection at once: check url (mqtt or mqtts) and certificate in [broker]", host=host)
        )
    # The library raises its own error in place of the system's, which it keeps as the context.
    cause = error.__context__ or error
    for kind, words in _WORDS:
        if isinstance(cause, kind):
            why = getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or cause.strerror  # type: ignore[attr-defined]
            return PublishFailed(_(words, host=host, why=why or type(cause).__name__))
    return PublishFailed(_("{host} ended the exchange ({why}): check the broker's log", host=host, why=error))
