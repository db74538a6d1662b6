//! The hook for who is here.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};

use super::Cx;
use crate::broadcast::presence::changes;

impl Cx {
    /// Who is on `topic`, in all processes, by key. While this page is connected its visitor is there as well: `key` says
    /// who that is, however many pages they have, and `data` what others see of them. The component renders again
    /// when somebody comes or leaves.
    ///
    /// Topic, key and data may have 2,000 bytes together as JSON. A topic is a name, not a permission.
    pub fn use_presence<T>(&self, topic: &str, key: &str, data: T) -> BTreeMap<String, T>
    where
        T: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
    {
        let changed = self.use_local(|| 0_u64);
        changed.get(self);
        self.subscribe(&changes(topic), move |ctx, ()| {
            changed.update(ctx, |n| *n += 1);
        });
        let me = (topic.to_owned(), key.to_owned(), data);
        // Only when the page is shown: until then it says what the first HTML has said.
        self.use_effect(me.clone(), |ctx| async move {
            let (topic, key, data) = me;
            let _present = ctx.page.live.hub().enter(&topic, &key, &data)?;
            std::future::pending().await
        });
        self.page.live.hub().present(topic)
    }
}
