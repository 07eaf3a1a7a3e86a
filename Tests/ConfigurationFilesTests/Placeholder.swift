import Testing

@testable import ConfigurationFiles
