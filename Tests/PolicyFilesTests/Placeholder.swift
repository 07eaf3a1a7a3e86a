import Testing

@testable import PolicyFiles
