"""The paper account: signals and prices of all shards become orders, fills, money and marks, exactly."""
