#!/usr/bin/env python3
"""A web page of another origin books and pays in headless Chromium, by fetch and EventSource, through CORS alone.

    browser_test.py CLIENT_URL CINEMA_URL ADMIN_URL SANDBOX_URL ORIGIN [--refused]
                                                                (ADMIN_USERNAME and ADMIN_PASSWORD in the environment)

ORIGIN is served here, and is what the services allow; the gateway has to send the browser back to it. The stage (a movie, a cinema, a
showtime) is set as deploy/local/journey.py sets it; page.js does the rest. Then the same page comes from an origin that isn't allowed, and
must get nowhere. With --refused only that is tried, from ORIGIN: for services that allow none.
"""

import argparse
import functools
import http.server
import os
import pathlib
import secrets
import socket
import sys
import threading
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "deploy" / "local"))
import journey  # noqa: E402


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Says nothing."""


def serve(port):
    """Serves the page at the port of both loopback addresses, since localhost may be either."""
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        server = type("Server", (http.server.ThreadingHTTPServer,), {"address_family": family})
        try:
            started = server((host, port), functools.partial(Files, directory=HERE))
        except OSError:
            # A machine without version 6 has no such address.
            if family == socket.AF_INET:
                raise
            continue
        threading.Thread(target=started.serve_forever, daemon=True).start()


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    for argument in ("--headless=new", "--disable-dev-shm-usage", "--no-proxy-server", "--disable-gpu"):
        options.add_argument(argument)
    # Its sandbox needs another account than root.
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    service = webdriver.ChromeService(executable_path=os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
    return webdriver.Chrome(options=options, service=service)


class Page:
    def __init__(self, driver):
        self.driver, self.told = driver, 0

    def open(self, origin, **settings):
        self.told = 0
        self.driver.get(f"{origin}/page.html?{urllib.parse.urlencode(settings)}")

    def wait(self, *states, seconds=90):
        """Until the page is in one of these states; prints the steps that are new."""
        WebDriverWait(self.driver, seconds, poll_frequency=0.1).until(
            lambda driver: any(element.text in (*states, "failed") for element in driver.find_elements(By.ID, "state"))
        )
        steps = [element.text for element in self.driver.find_elements(By.CSS_SELECTOR, "#steps li")]
        for step in steps[self.told :]:
            print(f"     page       {step}", flush=True)
        self.told = len(steps)
        state = self.driver.find_element(By.ID, "state").text
        journey.check(state in states, f"the page is in the state {state}: {steps[-1] if steps else 'no step'}")

    def pay(self, origin):
        """Follows the link to the cashier, presses its button and comes back."""
        wait = WebDriverWait(self.driver, 60, poll_frequency=0.1)
        self.driver.find_element(By.ID, "pay").click()
        wait.until(lambda driver: driver.find_elements(By.TAG_NAME, "button"))[0].click()
        wait.until(lambda driver: driver.current_url.startswith(origin))
        self.told = 0
        print("     sandbox    takes the money and sends the browser back", flush=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ("client", "cinema", "admin", "sandbox", "origin"):
        parser.add_argument(name)
    parser.add_argument("--refused", action="store_true")
    arguments = parser.parse_args()
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
    port = urllib.parse.urlsplit(arguments.origin).port
    serve(port)
    services = {"client": arguments.client, "cinema": arguments.cinema, "admin": arguments.admin}
    driver = browser()
    try:
        page = Page(driver)
        if arguments.refused:
            page.open(arguments.origin, refused=1, showtime=1, **services)
            page.wait("done")
            print(f"── a page of {arguments.origin} gets nowhere where no origin is allowed")
            return 0
        stage = journey.Journey(arguments.client, arguments.cinema, arguments.admin, arguments.sandbox)
        for part in (stage.administrator_prepares, stage.merchant_registers, stage.merchant_obtains_right, stage.merchant_schedules):
            part()
        page.open(arguments.origin, showtime=stage.showtime, run=secrets.token_hex(4), **services)
        page.wait("paying")
        page.pay(arguments.origin)
        page.wait("done")
        print(f"── a page of {arguments.origin} has booked and paid")
        # The same files and the same machine, but another name of it.
        foreign = f"http://127.0.0.1:{port}"
        page.open(foreign, refused=1, showtime=stage.showtime, **services)
        page.wait("done")
        print(f"── a page of {foreign} gets nowhere")
    except journey.Surprise as surprise:
        print(f"browser test: {surprise}", file=sys.stderr)
        for entry in driver.get_log("browser"):
            print(f"    {entry['message']}", file=sys.stderr)
        return 1
    finally:
        driver.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
