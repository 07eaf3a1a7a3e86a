package old

import input.request as req

deny[msg] { req.bad; msg := sprintf("%v is %s", [req.name, "bad"]) }

allow { not deny["x"] }

p[x] = y { y = x; x = 1 } { x = 2; y = 3 }

f(a, b) = c { c = a + b }
