import Testing

@testable import Gatekeeper
