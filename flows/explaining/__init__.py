"""Why a signal is what it is: its records, the desk in force, and the gate run again beside what was said."""
