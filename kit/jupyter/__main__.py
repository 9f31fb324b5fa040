"""``python -m kit.jupyter``: JupyterLab with terminals and no other server extension.

Left out are nbgrader's, which show a trainer's menus and double the time that the server needs to start, language
servers and jupytext. A configuration file can switch an extension off, but the server imports it all the same.
"""

import sys

from jupyterlab.labapp import LabApp

LabApp.load_other_extensions = False
LabApp.serverapp_config = {**LabApp.serverapp_config, "jpserver_extensions": {"jupyter_server_terminals": True}}

if __name__ == "__main__":
    sys.exit(LabApp.launch_instance())
