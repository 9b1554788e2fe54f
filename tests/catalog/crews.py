"""Crews for tests: they run tasks in this process in any order, and may die."""

import random
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager

from feedpub.publishing.engines import Crew, Tasks


class Shuffled(Executor):
    """Runs submitted tasks in any order once a result is needed; it breaks at the task with the number ``dies``."""

    def __init__(self, chance, dies=None):
        self.chance, self.dies = chance, dies
        self.waiting, self.done, self.is_broken = [], 0, False

    def submit(self, function, /, *arguments):
        future = _Lazy(self)
        self.waiting.append((future, function, arguments))
        return future

    def run_up_to(self, future):
        while not future.done():
            one, function, arguments = self.waiting.pop(self.chance.randrange(len(self.waiting)))
            self.done += 1
            self.is_broken = self.is_broken or self.done == self.dies
            if self.is_broken:
                one.set_exception(BrokenExecutor("died"))
            else:
                one.set_result(function(*arguments))


class _Lazy(Future):
    def __init__(self, executor):
        super().__init__()
        self.executor = executor

    def exception(self, timeout=None):
        self.executor.run_up_to(self)
        return super().exception(timeout)

    def result(self, timeout=None):
        self.executor.run_up_to(self)
        return super().result(timeout)


def in_any_order(seed, dies=(), room=None):
    """Return an engine whose crews die at these numbers of tasks, one after the other; the next crew survives."""
    chance = random.Random(seed)
    deaths = iter(dies)

    @contextmanager
    def start():
        yield Crew(Shuffled(chance, next(deaths, None)), room or chance.randint(1, 5))

    return Tasks(start, 0, "the crews died")
