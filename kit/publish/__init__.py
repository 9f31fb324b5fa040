"""Step 08, publish: one typed model, and from it files, Data Package, DCAT, the Guide's CSV and pages to read."""

from kit.publish.local import Content, PublishResult, publish_local
from kit.publish.model import Catalog, Column, Dataset, Distribution, Publisher

__all__ = ["Catalog", "Column", "Content", "Dataset", "Distribution", "PublishResult", "Publisher", "publish_local"]
