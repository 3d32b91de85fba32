// libargon2's interface, for Sources/Shared/Infrastructure/Argon2 alone.
#pragma once

#include <argon2.h>
