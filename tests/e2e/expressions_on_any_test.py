"""Does each expression take the same packets as in tcpdump, byte for byte, on `any`?"""

import subprocess

from expression_comparison import TABLE, ExpressionComparison, batches
from expressions import filtered_outside_of_the_kernel_on_any
from support import main


class ExpressionsOnAny(ExpressionComparison):
    def test_each_takes_the_same_packets_on_any(self):
        for expressions in batches(expression for expression in TABLE if self.accepted_on_any(expression)):
            self.assert_same("any", expressions)
            self.forget_recordings()

    def accepted_on_any(self, expression):
        """tcpdump refuses some; that Ringtail refuses the same is tested with the filter command."""
        command = self.mixed_link.recorder_namespace.command("tcpdump", "-i", "any", "-d", expression)
        accepted = subprocess.run(command, capture_output=True).returncode == 0
        return accepted and not filtered_outside_of_the_kernel_on_any(expression)


if __name__ == "__main__":
    main()
