// libjpeg-turbo's interface, for Sources/Shared/Infrastructure/Pictures alone.
#pragma once

#include <turbojpeg.h>
