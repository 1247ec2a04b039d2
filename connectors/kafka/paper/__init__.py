"""The inputs of the paper account: what all shards publish, commands, who is left out; journalled first."""
