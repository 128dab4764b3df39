"""What kin sources share. Names here begin no source: ``sources.find`` passes over them."""
