// libpng's interface, for Sources/Shared/Infrastructure/Pictures alone.
#pragma once

#include <png.h>
