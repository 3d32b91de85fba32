"""Somebody who sends money back in the gateway's own console, of which our services learn only by the gateway's notices."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from history import Trade
from stage import Actor


class Console(Actor):
    """Sends payments back, whole or in part: before, while and after our services send money of them back."""

    async def step(self, chance: random.Random) -> None:
        await asyncio.sleep(chance.uniform(0.4, 1.6))
        trades = [trade for trade in self.stage.history.trades.values() if trade.paid_fen is not None]
        if not trades:
            return
        refunded = [trade for trade in trades if trade.order in self.stage.refunded]
        # Those of whom money is going back just now are sought out: there both sides meet.
        if refunded and chance.random() < 0.6:
            trades = refunded
        await self._send_back(chance, chance.choice(trades[-8:] if chance.random() < 0.7 else trades))

    async def _send_back(self, chance: random.Random, trade: Trade) -> None:
        body: dict[str, Any] = {}
        if trade.paid_fen and trade.paid_fen > 1 and chance.random() < 0.5:
            body["amount_fen"] = chance.randint(1, trade.paid_fen - 1)
        # No proxy disturbs somebody who is at the gateway itself.
        await self.ask(
            "refund at console",
            self.stage.sandbox,
            "POST",
            f"/sandbox/trades/{trade.number}/refund",
            body=body,
            details={"order": trade.order, "trade": trade.number, "amount": body.get("amount_fen")},
        )
