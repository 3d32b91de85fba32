"""qrcode and zxing-cpp as a command: reads one JSON object from standard input, writes one to standard output.

{"codes": [{"text": "...", "svg": "...", "version": 3, "mask": 2}]} -> {"read": ["..."], "same": [true]}
    read: what zxing-cpp reads in the picture; same: whether qrcode draws the very same modules
"""

import json
import re
import sys

import numpy
import qrcode
import zxingcpp
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_8BIT_BYTE, QRData


def modules(svg):
    """The picture's modules with the quiet zone around them, dark ones 1."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg).group(1))
    picture = numpy.zeros((side, side), dtype=numpy.uint8)
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", svg):
        assert width == back
        picture[int(y), int(x) : int(x) + int(width)] = 1
    return picture


answer = {"read": [], "same": []}
for code in json.load(sys.stdin)["codes"]:
    picture = modules(code["svg"])
    image = numpy.kron((1 - picture) * 255, numpy.ones((4, 4))).astype(numpy.uint8)
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    answer["read"].append(found[0].text if found else None)
    drawn = qrcode.QRCode(version=code["version"], error_correction=ERROR_CORRECT_M, mask_pattern=code["mask"], border=4)
    drawn.add_data(QRData(code["text"].encode(), mode=MODE_8BIT_BYTE))
    drawn.make(fit=False)
    expected = numpy.array(drawn.get_matrix(), dtype=numpy.uint8)
    answer["same"].append(expected.shape == picture.shape and bool((expected == picture).all()))
json.dump(answer, sys.stdout)
