"""The client of a kernel is ready as soon as the kernel is, and says when it never will be."""

from __future__ import annotations

import asyncio
from queue import Empty

import pytest

from analysis.promptclient import PromptKernelClient

REPLY = {"msg_type": "kernel_info_reply", "content": {"protocol_version": "5.4"}}


class Kernel(PromptKernelClient):
    """A client whose kernel gives what a test lays down, one message or silence after another."""

    def __init__(self, shell: list[dict | None], iopub: list[dict | None], alive: bool = True) -> None:
        super().__init__()
        self.shell, self.iopub, self.alive, self.asked = shell, iopub, alive, 0

    def kernel_info(self) -> str:
        self.asked += 1
        return "asked"

    async def get_shell_msg(self, timeout: float) -> dict:
        return given(self.shell)

    async def get_iopub_msg(self, timeout: float) -> dict:
        return given(self.iopub)

    async def is_alive(self) -> bool:
        return self.alive


def given(messages: list[dict | None]) -> dict:
    message = messages.pop(0) if messages else None
    if message is None:
        raise Empty
    return message


def test_one_answer_and_one_published_message_will_do():
    kernel = Kernel([REPLY], [{"msg_type": "status"}, {"msg_type": "status"}])
    asyncio.run(kernel.wait_for_ready(5))
    assert (kernel.asked, len(kernel.iopub)) == (1, 1)


@pytest.mark.parametrize(
    ("shell", "iopub"),
    [
        ([None, REPLY], [{"msg_type": "status"}]),
        ([{"msg_type": "other"}, REPLY], [{"msg_type": "status"}]),
        ([REPLY, REPLY], [None, {"msg_type": "status"}]),
    ],
    ids=["silence", "another message", "nothing published yet"],
)
def test_until_then_it_asks_again(shell: list, iopub: list):
    kernel = Kernel(shell, iopub)
    asyncio.run(kernel.wait_for_ready())
    assert (kernel.asked, kernel.shell, kernel.iopub) == (2, [], [])


def test_a_kernel_that_died_is_no_longer_waited_for():
    with pytest.raises(RuntimeError, match="died"):
        asyncio.run(Kernel([], [], alive=False).wait_for_ready(5))


def test_a_kernel_that_never_answers_is_given_up():
    with pytest.raises(RuntimeError, match=r"respond in 0\.01 seconds"):
        asyncio.run(Kernel([], []).wait_for_ready(0.01))
