extension LocalCluster {
    /// Folders, with a slash behind them, that every process of a cluster's pods names as the beginning of an argument.
    public static func processFolders(of folder: String) -> [String] {
        ["\(folder)/pods/", "\(folder)/runtime/", NodeFolders.folderElsewhere(folder) + "/"]
    }
}
