"""OpenSSL's Argon2id as a command: reads one JSON object from standard input, writes one to standard output.

{"hashes": [{"password": "<hex>", "salt": "<hex>", "memory": 64, "passes": 2, "lanes": 1, "length": 32}]} -> {"hashes": ["<hex>"]}
"""

import json
import sys

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


def computed(order):
    salt = bytes.fromhex(order["salt"])
    argon2 = Argon2id(
        salt=salt, length=order["length"], iterations=order["passes"], lanes=order["lanes"], memory_cost=order["memory"])
    return argon2.derive(bytes.fromhex(order["password"])).hex()


json.dump({"hashes": [computed(order) for order in json.load(sys.stdin)["hashes"]]}, sys.stdout)
