# METADATA
# title: Rules of the shop's team, beside those that come with Waybill
package waybill.shop

import rego.v1

# Every image says what it is.
deny contains violation if {
	input.image
	not input.image.labels["org.opencontainers.image.title"]
	violation := {
		"rule": "SHOP-001",
		"message": "the image has no title label",
		"remedy": "add LABEL org.opencontainers.image.title to the Containerfile",
	}
}
