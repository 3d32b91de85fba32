// libwebp's interface, for Sources/Shared/Infrastructure/Pictures alone.
#pragma once

#include <webp/decode.h>
#include <webp/encode.h>
