"""Looks at a balancer's table again and again while a scenario goes on."""

import threading
import time


class TableWatch:
    """From its making to stop(): a reading of one service's weights every 50 ms, in a thread of its own."""

    def __init__(self, balancer, service):
        self._balancer = balancer
        self._service = service
        self._over = threading.Event()
        self.readings = []  # (monotonic time, {"192.0.2.21:80": weight}); empty where the service is missing
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self):
        self._over.set()
        self._thread.join()
        assert self.readings
        return self.readings

    def always_held(self):
        """Destinations that no reading was without."""
        readings = [set(weights) for _, weights in self.stop()]
        return set.intersection(*readings)

    def ever_held(self):
        return set().union(*[set(weights) for _, weights in self.stop()])

    def _look(self):
        while not self._over.wait(0.05):
            self.readings.append((time.monotonic(), self._balancer.weights(self._service)))
